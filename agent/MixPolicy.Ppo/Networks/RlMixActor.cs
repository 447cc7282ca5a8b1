namespace MixPolicy.Ppo.Networks;

/// <summary>
/// <see cref="RlMixShape"/> for one observation. What is slow about it is reading the weights, so the two layers of the logits are multiplied into one
/// beforehand where that makes fewer of them.
/// </summary>
internal sealed class RlMixActor : IBatchActor
{
    private readonly RlMixShape _shape;
    private readonly ReadOnlyMemory<float> _first, _firstBias, _second, _secondBias, _logits, _logitsBias, _ofSaliency, _ofLogits, _bias;
    private readonly PlainMlp _policy;
    private readonly PlainMlp _value;
    private readonly float[]? _joined;
    private readonly float[] _firstPatches, _firstMaps, _secondPatches, _secondMaps, _embedded;
    private readonly float[] _features = new float[RlMixShape.Width];

    /// <param name="weights">Kept, not copied.</param>
    public RlMixActor(RlMixShape shape, float[] weights)
    {
        (_shape, Weights) = (shape, weights);
        var (width, hidden) = (RlMixShape.Width, RlMixShape.Hidden);
        var reader = new WeightReader(weights);
        (_first, _firstBias) = (reader.Next(RlMixShape.FirstFilters * shape.FirstInner), reader.Next(RlMixShape.FirstFilters));
        (_second, _secondBias) = (reader.Next(RlMixShape.SecondFilters * RlMixShape.SecondInner), reader.Next(RlMixShape.SecondFilters));
        (_logits, _logitsBias) = (reader.Next(width * shape.Classes), reader.Next(width));
        (_ofSaliency, _ofLogits, _bias) = (reader.Next(width * shape.SaliencyFeatures), reader.Next(width * shape.Images * width), reader.Next(width));
        _policy = new([width, hidden, hidden, shape.Images * shape.Bins]);
        _value = new([width, hidden, hidden, 1]);
        _policy.Load(reader.Next(_policy.ParameterCount).Span);
        _value.Load(reader.Next(_value.ParameterCount).Span);

        var (firstSize, secondSize) = (shape.FirstSide * shape.FirstSide, shape.SecondSide * shape.SecondSide);
        (_firstPatches, _firstMaps) = (new float[firstSize * shape.FirstInner], new float[RlMixShape.FirstFilters * firstSize]);
        (_secondPatches, _secondMaps) = (new float[secondSize * RlMixShape.SecondInner], new float[RlMixShape.SecondFilters * secondSize]);
        _embedded = new float[shape.Images * width];
        if (shape.JoinsLogitLayers)
        {
            (_joined, _bias) = Join();
        }
    }

    public float[] Weights { get; }

    public float Infer(ReadOnlySpan<float> observation, Span<float> logits)
    {
        Unfold(observation[.._shape.Saliencies], _shape.Images, _shape.Patches, RlMixShape.FirstKernel, _firstPatches);
        Kernels.Products(_first.Span, _firstPatches, _firstBias.Span, _shape.FirstInner, _firstMaps);
        Kernels.Relu(_firstMaps);
        Unfold(_firstMaps, RlMixShape.FirstFilters, _shape.FirstSide, RlMixShape.SecondKernel, _secondPatches);
        Kernels.Products(_second.Span, _secondPatches, _secondBias.Span, RlMixShape.SecondInner, _secondMaps);
        Kernels.Relu(_secondMaps);

        var inputs = observation[_shape.Saliencies..];
        if (_joined is null)
        {
            for (var image = 0; image < _shape.Images; image++)
            {
                Kernels.Linear(_logits.Span, _logitsBias.Span, inputs.Slice(image * _shape.Classes, _shape.Classes), _embedded.AsSpan(image * RlMixShape.Width, RlMixShape.Width));
            }

            Kernels.Linear(_ofLogits.Span, _bias.Span, _embedded, _features);
        }
        else
        {
            Kernels.Linear(_joined, _bias.Span, inputs, _features);
        }

        for (var i = 0; i < _features.Length; i++)
        {
            _features[i] += Kernels.Dot(_secondMaps, _ofSaliency.Span.Slice(i * _secondMaps.Length, _secondMaps.Length));
        }

        Kernels.Relu(_features);
        _policy.Run(_features, logits);
        Span<float> value = stackalloc float[1];
        _value.Run(_features, value);
        return value[0];
    }

    /// <summary>One row a position: what the kernel sees there, in the order of its weights (channel, row, column).</summary>
    private static void Unfold(ReadOnlySpan<float> channels, int count, int side, int kernel, Span<float> patches)
    {
        var (outputs, next) = (side - kernel + 1, 0);
        for (var position = 0; position < outputs * outputs; position++)
        {
            for (var channel = 0; channel < count; channel++)
            {
                for (var row = 0; row < kernel; row++)
                {
                    var start = (channel * side * side) + (((position / outputs) + row) * side) + (position % outputs);
                    for (var column = 0; column < kernel; column++)
                    {
                        patches[next++] = channels[start + column];
                    }
                }
            }
        }
    }

    /// <summary>V_b W for each image b, and the bias Σ_b V_b c + d.</summary>
    private (float[] Weights, float[] Bias) Join()
    {
        var (width, classes, images) = (RlMixShape.Width, _shape.Classes, _shape.Images);

        // The rows of Wᵀ, so that products are of rows.
        var transposed = new float[classes * width];
        for (var i = 0; i < width; i++)
        {
            for (var k = 0; k < classes; k++)
            {
                transposed[(k * width) + i] = _logits.Span[(i * classes) + k];
            }
        }

        // (256·B) × 256 times 256 × K lies as 256 × (B·K).
        var joined = new float[width * images * classes];
        Kernels.Products(_ofLogits.Span, transposed, new float[width * images], width, joined);
        var bias = _bias.ToArray();
        for (var i = 0; i < width; i++)
        {
            for (var image = 0; image < images; image++)
            {
                bias[i] += Kernels.Dot(_logitsBias.Span, _ofLogits.Span.Slice(((i * images) + image) * width, width));
            }
        }

        return (joined, bias);
    }
}
