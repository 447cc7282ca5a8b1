namespace MixPolicy.Agent.Dashboard.Shown; internal static class Nothing;
