using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Networks;

/// <summary>
/// PreActResNet18 for 32×32 images as in the published Random-Mixup and Co-Mixup code: a 3×3 stem, four stages of two <see cref="PreActBlock"/>s
/// with w, 2w, 4w, 8w channels, global average pooling, one linear layer; no batch norm after the last stage. (B, 3, H, W) → logits (B, classes).
/// Parameter names are the published ones. The weights are in channels-last memory order, which carries over to the activations.
/// </summary>
public sealed class PreActResNet18 : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1;
    private readonly Sequential[] _layers;
    private readonly Linear _linear;

    /// <param name="classes">Number of classes K (≥ 2).</param>
    /// <param name="width">Channels w of the first stage (≥ 1); 64 is the published network.</param>
    /// <param name="generator">The only source of the initial weights: PyTorch's defaults, drawn from it in the order of the parameters.</param>
    public PreActResNet18(int classes, int width, Generator generator) : base(nameof(PreActResNet18))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentNullException.ThrowIfNull(generator);
        _conv1 = nn.Conv2d(3, width, 3L, 1L, 1L, bias: false);
        register_module("conv1", _conv1);
        _layers = new Sequential[4];
        long planes = width;
        for (var stage = 0; stage < 4; stage++)
        {
            var outPlanes = (long)width << stage;
            _layers[stage] = nn.Sequential(new PreActBlock(planes, outPlanes, stage == 0 ? 1 : 2), new PreActBlock(outPlanes, outPlanes, 1));
            register_module($"layer{stage + 1}", _layers[stage]);
            planes = outPlanes;
        }

        _linear = nn.Linear(planes, classes);
        register_module("linear", _linear);
        Initialisation.PyTorchDefault(this, generator);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _conv1.call(input);
        foreach (var layer in _layers)
        {
            features = layer.call(features);
        }

        return _linear.call(features.mean([2, 3])).MoveToOuterDisposeScope();
    }
}
