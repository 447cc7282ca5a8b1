// Whole trainings: two cores have enough to do with one test.
[assembly: AssemblyFixture(typeof(MixPolicy.EndToEnd.Tests.Reference))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
