namespace MixPolicy.Agent.Security.Access;

/// <summary>What a key allows. Each role may do all that the one before may. The numbers are in databases: they never change.</summary>
public enum Role
{
    /// <summary>Reads what its owner has.</summary>
    Viewer = 1,

    /// <summary>Creates, steers and deletes agents and runs of its owner.</summary>
    Trainer = 2,

    /// <summary>All of that, for the agents of every owner and of none.</summary>
    Admin = 3,
}
