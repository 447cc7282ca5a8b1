using System.Text.Json;
using MixPolicy.Testing;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests.Golden;

/// <summary>
/// The small CNN of the golden cases: conv, (batch norm, ReLU) or tanh, strided conv, tanh, global mean, linear; with the recorded weights. In float64:
/// libtorch 2.10's oneDNN computes a wrong float32 input gradient on AVX-512 for convolutions whose output channels are not a multiple of 16 (docs/methods.md).
/// </summary>
internal sealed class TinyNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d _c1;
    private readonly BatchNorm2d? _bn;
    private readonly Conv2d _c2;
    private readonly Linear _l;

    public TinyNetwork(JsonElement weights)
        : base("tiny")
    {
        var classes = weights.GetProperty("l.weight").GetProperty("shape")[0].GetInt64();
        _c1 = nn.Conv2d(3, 4, 3, padding: 1);
        _bn = weights.TryGetProperty("bn.weight", out _) ? nn.BatchNorm2d(4) : null;
        _c2 = nn.Conv2d(4, 6, 3, stride: 2, padding: 1);
        _l = nn.Linear(6, classes);
        register_module("c1", _c1);
        register_module("c2", _c2);
        register_module("l", _l);
        if (_bn is not null)
        {
            register_module("bn", _bn);
        }

        this.to(float64);
        using var noGradient = no_grad();
        var state = state_dict();
        foreach (var weight in weights.EnumerateObject())
        {
            state[weight.Name].copy_(GoldenCase.Tensor(weight.Value));
        }
    }

    public BatchNorm2d? BatchNorm => _bn;

    public override Tensor forward(Tensor input)
    {
        var hidden = _c1.forward(input.to(float64));
        hidden = _bn is null ? hidden.tanh() : nn.functional.relu(_bn.forward(hidden));
        return _l.forward(_c2.forward(hidden).tanh().mean([2, 3])).to(float32);
    }
}
