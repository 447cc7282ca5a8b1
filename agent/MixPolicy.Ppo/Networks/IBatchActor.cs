namespace MixPolicy.Ppo.Networks;

/// <summary>The acting side of a batch policy: fixed weights, plain code. It has one set of buffers: one thread at a time.</summary>
internal interface IBatchActor
{
    /// <summary>As they lie in the parameters.</summary>
    float[] Weights { get; }

    /// <param name="observation">As the policy encodes it.</param>
    /// <param name="logits">Receives B·bins logits, image by image, then those of the methods.</param>
    /// <returns>The value.</returns>
    float Infer(ReadOnlySpan<float> observation, Span<float> logits);
}
