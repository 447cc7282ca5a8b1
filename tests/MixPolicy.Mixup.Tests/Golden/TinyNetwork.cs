using System.Text.Json;
using MixPolicy.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests.Golden;

/// <summary>
/// The small CNN of the golden cases: conv, (batch norm, ReLU) or tanh, strided conv, tanh, global mean, linear; with the recorded weights. In float64:
/// libtorch 2.10's oneDNN computes a wrong float32 input gradient on AVX-512 for convolutions whose output channels are not a multiple of 16 (docs/methods.md).
/// </summary>
internal sealed class TinyNetwork : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Conv2d c1;
    private readonly TorchSharp.Modules.BatchNorm2d? bn;
    private readonly TorchSharp.Modules.Conv2d c2;
    private readonly TorchSharp.Modules.Linear l;

    public TinyNetwork(JsonElement weights)
        : base("tiny")
    {
        var classes = weights.GetProperty("l.weight").GetProperty("shape")[0].GetInt64();
        c1 = nn.Conv2d(3, 4, 3, padding: 1);
        bn = weights.TryGetProperty("bn.weight", out _) ? nn.BatchNorm2d(4) : null;
        c2 = nn.Conv2d(4, 6, 3, stride: 2, padding: 1);
        l = nn.Linear(6, classes);
        RegisterComponents();
        this.to(float64);
        using var noGradient = no_grad();
        var state = state_dict();
        foreach (var weight in weights.EnumerateObject())
        {
            state[weight.Name].copy_(GoldenCase.Tensor(weight.Value));
        }
    }

    public TorchSharp.Modules.BatchNorm2d? BatchNorm => bn;

    public override Tensor forward(Tensor input)
    {
        var hidden = c1.forward(input.to(float64));
        hidden = bn is null ? hidden.tanh() : nn.functional.relu(bn.forward(hidden));
        return l.forward(c2.forward(hidden).tanh().mean([2, 3])).to(float32);
    }
}
