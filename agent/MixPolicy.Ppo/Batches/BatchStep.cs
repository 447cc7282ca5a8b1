namespace MixPolicy.Ppo.Batches;

/// <summary>A decision and what came of it. Owned by the policy that made it; its rewards are filled in once.</summary>
/// <param name="Episode">Steps of one run that follow each other have the same.</param>
/// <param name="Observation">As the policy encodes it.</param>
/// <param name="LogProbs">One an image, then that of the method, if one was chosen.</param>
internal sealed record BatchStep(string Run, long Batch, long Episode, float[] Observation, byte[] Bins, int? Method, float[] LogProbs, float Value)
{
    /// <summary>One, or one an image; empty until they come.</summary>
    public float[] Rewards { get; set; } = [];

    /// <summary>The episode ended with it.</summary>
    public bool Last { get; set; }

    /// <summary>Value of what followed, as expected when it came; 0 after the last step, and where nothing is expected beyond a batch.</summary>
    public float NextValue { get; set; }
}
