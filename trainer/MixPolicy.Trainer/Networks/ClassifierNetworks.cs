using System.Globalization;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Networks;

/// <summary>Networks by name: <c>preactresnet18</c>, or <c>preactresnet18-wN</c> with N channels in the first stage (64 is the full width).</summary>
public static partial class ClassifierNetworks
{
    private const int FullWidth = 64;
    private const int LargestWidth = 512;

    /// <summary>Builds the network of that name with weights drawn from <paramref name="generator"/>, on the CPU.</summary>
    /// <exception cref="ArgumentException">There is no such network; the message says what there is.</exception>
    public static nn.Module<Tensor, Tensor> Create(string name, int classes, Generator generator) =>
        new PreActResNet(classes, WidthOf(name), [2, 2, 2, 2], generator);

    /// <summary>Channels of the first stage of the network of that name.</summary>
    /// <inheritdoc cref="Create" path="/exception"/>
    public static int WidthOf(string name)
    {
        var match = Name().Match(name);
        var width = match.Groups["width"] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : FullWidth;
        return match.Success && width is >= 1 and <= LargestWidth
            ? width
            : throw new ArgumentException($"there is no network '{name}'; allowed: preactresnet18, or preactresnet18-wN with a width N from 1 to {LargestWidth} ({FullWidth} is the full one)", nameof(name));
    }

    [GeneratedRegex(@"\Apreactresnet18(-w(?<width>[0-9]{1,4}))?\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Name();
}
