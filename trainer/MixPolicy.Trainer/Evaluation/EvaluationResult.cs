namespace MixPolicy.Trainer.Evaluation;

/// <summary>How a network does on a set of images.</summary>
/// <param name="Images">Images measured, ≥ 1.</param>
/// <param name="Loss">Mean cross-entropy, in nats.</param>
/// <param name="Top1">Fraction in [0, 1] whose most likely class is the true one.</param>
/// <param name="Top5">Fraction in [0, 1] whose true class is among the five most likely (all of them, with fewer classes).</param>
/// <param name="Ece">Expected calibration error in [0, 1], see <see cref="CalibrationError"/>.</param>
public sealed record EvaluationResult(int Images, double Loss, double Top1, double Top5, double Ece);
