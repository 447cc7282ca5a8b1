using System.Globalization;
using System.Text.RegularExpressions;

namespace MixPolicy.Torch.Checkpoints;

/// <summary>
/// Checkpoints of one thing by step, under one folder: <c>step-000000000042/</c>, a manifest and the files it names. A save is written beside
/// its place, flushed, renamed: a checkpoint is there whole or not at all. One writer at a time; readers may come at any moment.
/// </summary>
public sealed partial class CheckpointStore
{
    private const string TemporaryPrefix = ".saving-";
    private const string DeletingPrefix = ".deleting-";
    private const long MaximumStep = 999_999_999_999;

    private readonly string _root;
    private readonly string _kind;
    private readonly int _schemaVersion;
    private readonly int _keep;
    private readonly HashSet<string> _verified = new(StringComparer.Ordinal);

    /// <param name="root">Created with the first save.</param>
    /// <param name="kind">What is saved, for example <c>ppo-agent</c>; checkpoints of another kind are refused and left alone.</param>
    /// <param name="schemaVersion">≥ 1; the layout of the parts. Newer ones are refused and left alone, older ones loaded.</param>
    /// <param name="keep">≥ 1; how many good checkpoints stay after a save. Two, so that one survives when the last is damaged.</param>
    public CheckpointStore(string root, string kind, int schemaVersion, int keep = 2)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        ArgumentOutOfRangeException.ThrowIfLessThan(schemaVersion, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        (_root, _kind, _schemaVersion, _keep) = (Path.GetFullPath(root), kind, schemaVersion, keep);
    }

    /// <summary>Saves a checkpoint and deletes those it supersedes. Durable when it returns.</summary>
    /// <param name="step">0 to 10^12 − 1. A step saved again supersedes the former one (after a fall-back to an older checkpoint work repeats itself).</param>
    /// <param name="write">Adds the parts. When it throws, nothing has changed.</param>
    public void Save(long step, Action<CheckpointWriter> write)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, MaximumStep);
        FolderFlush.Create(_root);
        CheckpointFolder.DeleteLeftovers(_root, TemporaryPrefix + "*");
        CheckpointFolder.DeleteLeftovers(_root, DeletingPrefix + "*");
        var temporary = CheckpointFolder.Build(Path.Combine(_root, $"{TemporaryPrefix}{Guid.NewGuid():N}"), _kind, _schemaVersion, step, write);

        // A rename cannot replace a folder, so a step saved again gets the next attempt's name, and the former one is pruned.
        var attempt = Saved().Where(saved => saved.Step == step).Select(saved => saved.Attempt + 1).FirstOrDefault();
        var target = Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"step-{step:D12}{(attempt == 0 ? "" : $".{attempt}")}"));
        Directory.Move(temporary, target);
        FolderFlush.Flush(_root);
        _verified.Add(target);
        Prune(step);
    }

    /// <summary>The last good checkpoint, or null when there is none.</summary>
    /// <param name="refused">Told of each later one that was passed over, newest first.</param>
    public CheckpointReader? LoadLatest(Action<CheckpointRefusal> refused)
    {
        foreach (var saved in Saved())
        {
            try
            {
                var reader = Open(saved);
                _verified.Add(saved.Folder);
                return reader;
            }
            catch (CheckpointException e)
            {
                refused(new(saved.Folder, e.Message));
            }
        }

        return null;
    }

    /// <summary>Deletes what was saved after a step, good or damaged, unless it is not ours: for work that is forgotten and done again.</summary>
    public void DeleteAfter(long step)
    {
        foreach (var saved in Saved().Where(saved => saved.Step > step && IsOurs(saved)))
        {
            Delete(saved);
        }
    }

    private CheckpointReader Open(SavedStep saved)
    {
        var reader = CheckpointFolder.Open(saved.Folder, _kind, _schemaVersion);
        return reader.Step == saved.Step
            ? reader
            : throw new CheckpointException($"{saved.Folder}: its manifest says step {reader.Step}: the folder has been renamed.");
    }

    /// <summary>
    /// Up to the step just saved, keeps the last good ones. What is older goes, unless it is not ours: of another kind, newer, or without a readable manifest.
    /// </summary>
    private void Prune(long step)
    {
        var good = 0;
        foreach (var saved in Saved().Where(saved => saved.Step <= step))
        {
            if (good < _keep)
            {
                good += IsGood(saved) ? 1 : 0;
            }
            else if (IsOurs(saved))
            {
                Delete(saved);
            }
        }
    }

    /// <summary>Renamed first, so that a crash in the middle leaves no half checkpoint under a good name.</summary>
    private void Delete(SavedStep saved)
    {
        var doomed = Path.Combine(_root, DeletingPrefix + Path.GetFileName(saved.Folder));
        Directory.Move(saved.Folder, doomed);
        Directory.Delete(doomed, recursive: true);
        _verified.Remove(saved.Folder);
    }

    /// <summary>Hashes a checkpoint once in the life of this store: a save must not read all its predecessors again.</summary>
    private bool IsGood(SavedStep saved)
    {
        if (_verified.Contains(saved.Folder))
        {
            return true;
        }

        try
        {
            Open(saved);
            return _verified.Add(saved.Folder);
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    private bool IsOurs(SavedStep saved)
    {
        try
        {
            var manifest = CheckpointManifest.Read(saved.Folder);
            return manifest.Kind == _kind && manifest.SchemaVersion <= _schemaVersion;
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    /// <summary>Everything that has the name of a finished save, newest first.</summary>
    private List<SavedStep> Saved()
    {
        if (!Directory.Exists(_root))
        {
            return [];
        }

        return [.. Directory.EnumerateDirectories(_root, "step-*")
            .Select(folder => (Folder: folder, Match: StepName().Match(Path.GetFileName(folder))))
            .Where(candidate => candidate.Match.Success)
            .Select(candidate => new SavedStep(
                candidate.Folder,
                long.Parse(candidate.Match.Groups["step"].ValueSpan, CultureInfo.InvariantCulture),
                candidate.Match.Groups["attempt"].Success ? int.Parse(candidate.Match.Groups["attempt"].ValueSpan, CultureInfo.InvariantCulture) : 0))
            .OrderByDescending(saved => saved.Step).ThenByDescending(saved => saved.Attempt)];
    }

    [GeneratedRegex(@"\Astep-(?<step>[0-9]{12})(\.(?<attempt>[0-9]{1,8}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex StepName();

    private sealed record SavedStep(string Folder, long Step, int Attempt);
}
