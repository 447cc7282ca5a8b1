namespace MixPolicy.Trainer.Evaluation;

/// <summary>Expected calibration error (Guo et al. 2017, "On calibration of modern neural networks", section 2).</summary>
public static class CalibrationError
{
    /// <summary>Bins of equal width, as in the paper.</summary>
    public const int Bins = 15;

    /// <summary>
    /// Σ_b (n_b / n)·|accuracy_b − confidence_b| over the bins (b/15, (b+1)/15] of confidence.
    /// </summary>
    /// <param name="confidences">Probability of the most likely class, in [0, 1].</param>
    /// <param name="correct">Whether that class is the true one.</param>
    public static double Expected(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct)
    {
        if (confidences.Length != correct.Length || confidences.IsEmpty)
        {
            throw new ArgumentException($"{confidences.Length} confidences and {correct.Length} outcomes; allowed: one of each an image, at least one image", nameof(confidences));
        }

        var (sums, hits) = (new double[Bins], new int[Bins]);
        for (var i = 0; i < confidences.Length; i++)
        {
            var bin = Math.Clamp((int)MathF.Ceiling(confidences[i] * Bins) - 1, 0, Bins - 1);
            sums[bin] += confidences[i];
            hits[bin] += correct[i] ? 1 : 0;
        }

        // n_b·|hits/n_b − sum/n_b| = |hits − sum|
        return sums.Zip(hits, (sum, hit) => Math.Abs(hit - sum)).Sum() / confidences.Length;
    }
}
