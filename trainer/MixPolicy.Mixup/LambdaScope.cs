namespace MixPolicy.Mixup;

/// <summary>What one λ, and one box or mask drawn by it, is for.</summary>
public enum LambdaScope
{
    /// <summary>One for the whole batch.</summary>
    Batch,

    /// <summary>Images are put into pairs that mix with each other, both by the same λ. Where B is odd one image stays as it is.</summary>
    Pair,

    /// <summary>One for each image.</summary>
    Element,
}
