using static TorchSharp.torch;

namespace MixPolicy.Trainer.Data;

/// <summary>Normalised images and their classes, in the dispose scope of the caller.</summary>
/// <param name="Images">B×3×H×W of float32, contiguous.</param>
/// <param name="Labels">B of int64, in [0, K).</param>
public sealed record Batch(Tensor Images, Tensor Labels);
