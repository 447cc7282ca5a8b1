using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Networks;

/// <summary>
/// Basic pre-activation block (He et al. 2016, "Identity mappings in deep residual networks"): BN, ReLU, 3×3 convolution, twice; the shortcut is
/// a 1×1 convolution of the first activation where the shape changes. (B, in, H, W) → (B, planes, H/stride, W/stride).
/// </summary>
internal sealed class PreActBlock : nn.Module<Tensor, Tensor>
{
    private readonly BatchNorm2d _bn1;
    private readonly Conv2d _conv1;
    private readonly BatchNorm2d _bn2;
    private readonly Conv2d _conv2;
    private readonly Conv2d? _projection;
    private readonly long _stride;

    internal PreActBlock(long inPlanes, long planes, long stride) : base(nameof(PreActBlock))
    {
        _stride = stride;
        _bn1 = nn.BatchNorm2d(inPlanes);
        _conv1 = nn.Conv2d(inPlanes, planes, 3L, stride, 1L, bias: false);
        _bn2 = nn.BatchNorm2d(planes);
        _conv2 = nn.Conv2d(planes, planes, 3L, 1L, 1L, bias: false);
        register_module("bn1", _bn1);
        register_module("conv1", _conv1);
        register_module("bn2", _bn2);
        register_module("conv2", _conv2);
        if (stride != 1 || inPlanes != planes)
        {
            _projection = nn.Conv2d(inPlanes, planes, 1L, stride, bias: false);
            register_module("shortcut", nn.Sequential(_projection));
        }
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        // In place: batch norm keeps its input, not its output, for the backward pass; so does the last convolution.
        var activated = _bn1.call(input).relu_();
        var shortcut = _projection is null ? input : Project(activated, _projection.weight);
        var output = _conv2.call(_bn2.call(_conv1.call(activated)).relu_());
        return output.add_(shortcut).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The strided 1×1 convolution as a product over the pixels it reads. oneDNN 3.7 writes past its buffers in the weight gradient of such a convolution
    /// in channels-last order with fewer than 16 channels: the heap is corrupted.
    /// </summary>
    private Tensor Project(Tensor activated, Tensor weight)
    {
        var every = TensorIndex.Slice(step: _stride);
        var pixels = activated.permute(0, 2, 3, 1)[TensorIndex.Colon, every, every];
        return nn.functional.linear(pixels, weight.flatten(1)).permute(0, 3, 1, 2);
    }
}
