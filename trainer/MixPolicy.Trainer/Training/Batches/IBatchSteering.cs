namespace MixPolicy.Trainer.Training.Batches;

/// <summary>
/// Decides how each batch of an epoch is mixed, from what the network makes of it. Called on the model thread, one question at a time: the next is asked when the last
/// one's answer has been taken.
/// </summary>
public interface IBatchSteering
{
    /// <summary>P: the saliency it sees is P×P.</summary>
    int Patches { get; }

    /// <summary>What it learns from.</summary>
    BatchRewardKind Reward { get; }

    /// <summary>
    /// The question for batch t + 1 is asked before the step of batch t, which then hides the wait: its saliency pass is taken with weights that are exactly one step old.
    /// </summary>
    bool Pipelined { get; }

    /// <summary>Whether it decides batches of this size.</summary>
    bool Takes(int images);

    /// <summary>Asks for a decision without waiting for it.</summary>
    /// <param name="progress">Fraction of the training that is done, in [0, 1].</param>
    /// <returns>Null where nobody answers: the batch is mixed as published.</returns>
    Task<BatchAnswer?> AskAsync(BatchView view, double progress, CancellationToken cancellationToken);

    /// <summary>What came of a batch that was decided.</summary>
    /// <param name="rewards">One number, or one an image.</param>
    void Earn(BatchAnswer answer, float[] rewards);
}

/// <summary>What a batch of B images and K classes looks like to a policy, with what is drawn for it already.</summary>
/// <param name="Saliency">B×P×P, each image's sum 1.</param>
/// <param name="Logits">B×K, of the clean images.</param>
/// <param name="Losses">B cross-entropies of the clean images, in nats.</param>
/// <param name="Partners">B: whom each image will be mixed with.</param>
/// <param name="Lambda">The ratio they will be mixed by, in [0, 1].</param>
public sealed record BatchView(int Images, int Classes, int Patches, float[] Saliency, float[] Logits, float[] Losses, long[] Partners, double Lambda);

/// <summary>How a batch shall be mixed.</summary>
/// <param name="Batch">Its number in the run, from 0.</param>
/// <param name="Percentiles">B saliency percentiles, in [0, 0.99].</param>
/// <param name="Method">A name of the mixup library; null for the method of the epoch.</param>
/// <param name="PolicyVersion">Policy updates before this answer.</param>
public sealed record BatchAnswer(long Batch, float[] Percentiles, string? Method, long PolicyVersion);
