namespace MixPolicy.Trainer.Optimization;

/// <summary>What a schedule sets for one step.</summary>
/// <param name="LearningRate">≥ 0.</param>
/// <param name="Momentum">In [0, 1).</param>
public readonly record struct SgdSettings(double LearningRate, double Momentum);
