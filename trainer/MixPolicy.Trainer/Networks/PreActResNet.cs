using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Networks;

/// <summary>
/// Pre-activation ResNet for 32×32 images as in the published Random-Mixup and Co-Mixup code: a 3×3 stem, four stages of <see cref="PreActBlock"/>s
/// with w, 2w, 4w, 8w channels, global average pooling, one linear layer; no batch norm after the last stage. (B, 3, H, W) → logits (B, classes).
/// Parameter names are the published ones. The weights are in channels-last memory order, which carries over to the activations.
/// </summary>
public sealed class PreActResNet : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1;
    private readonly Sequential[] _layers;
    private readonly Linear _linear;

    /// <param name="classes">Number of classes K (≥ 2).</param>
    /// <param name="width">Channels w of the first stage (≥ 1); 64 is the published network.</param>
    /// <param name="blocks">Blocks of each of the four stages; 2, 2, 2, 2 is PreActResNet18.</param>
    /// <param name="generator">The only source of the initial weights: PyTorch's defaults, drawn from it in the order of the parameters.</param>
    public PreActResNet(int classes, int width, IReadOnlyList<int> blocks, Generator generator) : base(nameof(PreActResNet))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(blocks.Count, 4);
        _conv1 = nn.Conv2d(3, width, 3L, 1L, 1L, bias: false);
        register_module("conv1", _conv1);
        _layers = new Sequential[4];
        long planes = width;
        for (var stage = 0; stage < 4; stage++)
        {
            var outPlanes = (long)width << stage;
            var built = new List<nn.Module<Tensor, Tensor>>();
            for (var block = 0; block < blocks[stage]; block++)
            {
                built.Add(new PreActBlock(planes, outPlanes, block == 0 && stage > 0 ? 2 : 1));
                planes = outPlanes;
            }

            _layers[stage] = nn.Sequential(built);
            register_module($"layer{stage + 1}", _layers[stage]);
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
