namespace MixPolicy.Agent.Configuration;

/// <summary>How callers are told apart.</summary>
public enum AuthenticationKind
{
    /// <summary>Not at all: whoever reaches a port may do everything.</summary>
    None,

    /// <summary>By keys, and sign-ins with keys.</summary>
    Keys,
}
