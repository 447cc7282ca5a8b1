using System.CommandLine;
using MixPolicy.Mixup;
using MixPolicy.Trainer.Data.Shapes;

namespace MixPolicy.Trainer.Commands;

/// <summary>The <c>preview</c> command: one picture of what each method makes of a few images.</summary>
internal sealed class PreviewCommand : Command
{
    private readonly Option<string?> _dataset = TrainCommand.Dataset();
    private readonly Option<string?> _data = TrainCommand.Data();
    private readonly Option<string?> _model = TrainCommand.Model();
    private readonly Option<IReadOnlyList<string>?> _methods = OptionKinds.Parsed<IReadOnlyList<string>?>(
        "--methods", $"Methods to show, out of {MethodList.Names}. (default: all)", "a,b,c", $"different methods, separated by commas, out of {MethodList.Names}", MethodList.Parse);

    private readonly Option<long?> _seed = TrainCommand.Seed();
    private readonly Option<string?> _out = OptionKinds.Parsed<string?>(
        "--out", "The picture to write.", "FILE.png", "the name of a .png file",
        text => Path.GetExtension(text).Equals(".png", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(text) ? text : null);

    /// <param name="preview">Draws the picture; gives the exit code.</param>
    public PreviewCommand(Func<PreviewRequest, CancellationToken, Task<int>> preview)
        : base("preview", "Draw what each method makes of a few images: sources, saliency, mask, result, label weights. The network is trained for some seconds first, so that it sees something.")
    {
        foreach (var option in new Option[] { _dataset, _data, _model, _methods, _seed, _out })
        {
            Add(option);
        }

        SetAction((parsed, cancellationToken) => preview(Request(parsed), cancellationToken));
    }

    /// <exception cref="UsageException">Options contradict each other, or one that is needed is missing.</exception>
    public PreviewRequest Request(ParseResult parsed)
    {
        var (dataset, data) = (parsed.GetValue(_dataset) ?? RecipeDefaults.Shapes, parsed.GetValue(_data));
        SettingRules.CheckData(dataset, data);
        return new(
            dataset,
            data,
            parsed.GetValue(_model) ?? ShapesDefaults.Model,
            parsed.GetValue(_methods) ?? [.. MixupMethods.All.Select(method => method.Name)],
            parsed.GetValue(_seed) ?? 0,
            parsed.GetValue(_out) ?? throw new UsageException("--out", null, "needed: the name of the .png file to write"));
    }
}
