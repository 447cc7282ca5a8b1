using MixPolicy.Mixup;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Networks;

/// <summary>
/// Pre-activation ResNet for 32×32 images as in the published Random-Mixup and Co-Mixup code: a 3×3 stem, four stages of <see cref="PreActBlock"/>s
/// with w, 2w, 4w, 8w channels, global average pooling, one linear layer; no batch norm after the last stage. (B, 3, H, W) → logits (B, classes).
/// Parameter names are the published ones. The weights are in channels-last memory order, which carries over to the activations.
/// </summary>
public sealed class PreActResNet : nn.Module<Tensor, Tensor>, IStagedNetwork
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

    /// <summary>Place 0 is the input, place s in 1 to 4 is after stage s.</summary>
    public int Places => _layers.Length + 1;

    public override Tensor forward(Tensor input) => Pass(input, mixedPlace: null, hidden => hidden);

    Tensor IStagedNetwork.Forward(Tensor images, int place, Func<Tensor, Tensor> mix)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Places);
        return Pass(images, place, mix);
    }

    private Tensor Pass(Tensor images, int? mixedPlace, Func<Tensor, Tensor> mix)
    {
        using var scope = NewDisposeScope();
        var features = _conv1.call(mixedPlace == 0 ? mix(images) : images);
        for (var stage = 1; stage <= _layers.Length; stage++)
        {
            features = _layers[stage - 1].call(features);
            features = mixedPlace == stage ? mix(features) : features;
        }

        return _linear.call(features.mean([2, 3])).MoveToOuterDisposeScope();
    }
}
