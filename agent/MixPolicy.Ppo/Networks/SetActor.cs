namespace MixPolicy.Ppo.Networks;

/// <summary><see cref="SetShape"/> for one batch.</summary>
internal sealed class SetActor : IBatchActor
{
    private readonly SetShape _shape;
    private readonly ReadOnlyMemory<float> _embed, _embedBias, _own, _batch, _bias, _bins, _binsBias, _value, _valueBias, _valueOut, _valueOutBias, _methods, _methodsBias;

    /// <param name="weights">Kept, not copied.</param>
    public SetActor(SetShape shape, float[] weights)
    {
        (_shape, Weights) = (shape, weights);
        const int Width = SetShape.Width;
        var reader = new WeightReader(weights);
        (_embed, _embedBias) = (reader.Next(Width * shape.Inputs), reader.Next(Width));
        (_own, _batch, _bias) = (reader.Next(Width * Width), reader.Next(Width * Width), reader.Next(Width));
        (_bins, _binsBias) = (reader.Next(shape.Bins * Width), reader.Next(shape.Bins));
        (_value, _valueBias, _valueOut, _valueOutBias) = (reader.Next(Width * Width), reader.Next(Width), reader.Next(Width), reader.Next(1));
        (_methods, _methodsBias) = (reader.Next(shape.Methods * Width), reader.Next(shape.Methods));
    }

    public float[] Weights { get; }

    public float Infer(ReadOnlySpan<float> observation, Span<float> logits)
    {
        const int Width = SetShape.Width;
        var images = SetEncoding.Images(observation, _shape);
        var embedded = new float[images * Width];
        var x = new float[_shape.Inputs];
        Span<float> context = stackalloc float[Width];
        for (var image = 0; image < images; image++)
        {
            SetEncoding.Inputs(observation, _shape, image, x);
            var e = embedded.AsSpan(image * Width, Width);
            Kernels.Linear(_embed.Span, _embedBias.Span, x, e);
            Kernels.Tanh(e);
            Add(e, context);
        }

        for (var i = 0; i < Width; i++)
        {
            context[i] /= images;
        }

        Span<float> ofBatch = stackalloc float[Width];
        Span<float> hidden = stackalloc float[Width];
        Kernels.Linear(_batch.Span, _bias.Span, context, ofBatch);
        for (var image = 0; image < images; image++)
        {
            Kernels.Linear(_own.Span, ofBatch, embedded.AsSpan(image * Width, Width), hidden);
            Kernels.Tanh(hidden);
            Kernels.Linear(_bins.Span, _binsBias.Span, hidden, logits.Slice(image * _shape.Bins, _shape.Bins));
        }

        Kernels.Linear(_methods.Span, _methodsBias.Span, context, logits[(images * _shape.Bins)..]);
        Kernels.Linear(_value.Span, _valueBias.Span, context, hidden);
        Kernels.Tanh(hidden);
        return Kernels.Dot(_valueOut.Span, hidden) + _valueOutBias.Span[0];
    }

    private static void Add(ReadOnlySpan<float> x, Span<float> sum)
    {
        for (var i = 0; i < x.Length; i++)
        {
            sum[i] += x[i];
        }
    }
}
