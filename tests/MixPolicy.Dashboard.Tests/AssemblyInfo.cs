using MixPolicy.Dashboard.Tests;

// Chromium and a service fill a small machine.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(Browser))]
