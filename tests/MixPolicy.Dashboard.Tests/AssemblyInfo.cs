using MixPolicy.Dashboard.Tests;

// Chromium and a service fill a small machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Browser))]
