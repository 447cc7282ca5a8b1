namespace MixPolicy.Ppo.Networks;

/// <summary>The forward pass of a tanh network for one input, in plain vectorised code. Not thread-safe: it has one set of buffers.</summary>
internal sealed class PlainMlp
{
    private readonly int[] _sizes;
    private readonly float[] _parameters;
    private readonly float[][] _activations;

    /// <param name="sizes">Inputs, hidden layers, outputs.</param>
    public PlainMlp(int[] sizes)
    {
        _sizes = sizes;
        for (var layer = 0; layer < sizes.Length - 1; layer++)
        {
            ParameterCount += (sizes[layer] + 1) * sizes[layer + 1];
        }

        _parameters = new float[ParameterCount];
        _activations = [.. sizes[1..^1].Select(size => new float[size])];
    }

    public int ParameterCount { get; }

    /// <summary>For each layer its weights (outputs × inputs), then its biases.</summary>
    public void Load(ReadOnlySpan<float> parameters) => parameters.CopyTo(_parameters);

    public void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        var parameters = _parameters.AsSpan();
        for (var layer = 0; layer < _sizes.Length - 1; layer++)
        {
            var (inputs, outputs) = (_sizes[layer], _sizes[layer + 1]);
            var isLast = layer == _sizes.Length - 2;
            var weights = parameters[..(inputs * outputs)];
            var biases = parameters.Slice(inputs * outputs, outputs);
            var target = isLast ? output : _activations[layer];
            for (var i = 0; i < outputs; i++)
            {
                // y = tanh(W x + b); the last layer is linear
                var y = Kernels.Dot(weights.Slice(i * inputs, inputs), input) + biases[i];
                target[i] = isLast ? y : MathF.Tanh(y);
            }

            input = target;
            parameters = parameters[((inputs + 1) * outputs)..];
        }
    }
}
