namespace MixPolicy.Mixup.Methods;

/// <summary>What happens in a cell, given whether it is salient in the own image (m) and in the partner (m'). Luu et al. 2022, section 3 and its ablation.</summary>
internal enum RMixRule
{
    /// <summary>The method: m = m' blends by λ, otherwise the salient one wins.</summary>
    ChooseTop,

    /// <summary>m = m' blends by λ, otherwise the less salient one wins, and the labels follow the pixels.</summary>
    ChooseLeast,

    /// <summary>As <see cref="ChooseLeast"/>, but with the labels of <see cref="ChooseTop"/>: the published code's mistake, kept for its golden cases.</summary>
    ChooseLeastAsPublished,

    /// <summary>m keeps the own pixels, everything else is the partner's. λ has no say.</summary>
    CutTopPaste,

    /// <summary>m = m' keeps the own pixels, everything else is the partner's. λ has no say.</summary>
    CutTopLeastPaste,
}
