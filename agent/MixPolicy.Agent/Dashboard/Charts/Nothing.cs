namespace MixPolicy.Agent.Dashboard.Charts; internal static class Nothing;
