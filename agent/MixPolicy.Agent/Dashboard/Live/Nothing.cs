namespace MixPolicy.Agent.Dashboard.Live; internal static class Nothing;
