using System.Numerics;
using System.Runtime.Intrinsics;

namespace MixPolicy.Mixup.GraphCuts;

/// <summary>
/// For grids of at most 64 sites: which sites have a label, and where another label would be cheaper or dearer than the present one, as bit sets. Most swaps
/// of two labels change nothing, and this tells so at the price of an AND. Not thread-safe.
/// </summary>
internal sealed class SiteSets
{
    public const int MostSites = 64;

    private readonly int[] _now = new int[MostSites];
    private ulong[] _with = [];
    private ulong[] _cheaper = [];
    private ulong[] _dearer = [];
    private long[] _seen = [];
    private long[] _changed = [];
    private long[] _solved = [];
    private long _version;
    private ulong _lastColumn;

    /// <summary>Starts with all sites at label 0.</summary>
    public void Start(GridEnergy energy)
    {
        if (_with.Length < energy.Labels)
        {
            (_with, _cheaper, _dearer) = (new ulong[energy.Labels], new ulong[energy.Labels], new ulong[energy.Labels]);
            (_seen, _changed, _solved) = (new long[energy.Labels], new long[energy.Labels], new long[energy.Labels * energy.Labels]);
        }

        _version++;
        _changed.AsSpan().Fill(_version);
        _with.AsSpan().Clear();
        _with[0] = energy.Sites == MostSites ? ulong.MaxValue : (1UL << energy.Sites) - 1;
        energy.Unary(0).CopyTo(_now);
        _lastColumn = 0;
        for (var site = energy.Cols - 1; site < energy.Sites; site += energy.Cols)
        {
            _lastColumn |= 1UL << site;
        }
    }

    /// <summary>The sites that have the label.</summary>
    public ulong With(int label) => _with[label];

    /// <summary>The last label not after <paramref name="label"/> that any site has; −1 if there is none.</summary>
    public int LastPresent(int label)
    {
        while (label >= 0 && _with[label] == 0)
        {
            label--;
        }

        return label;
    }

    /// <summary>
    /// Whether a swap is known to leave all as it is: its last result still stands and, unless both labels are plain, so does everything around it; or, of two plain
    /// labels, no site of a prefers b, none of b is as well off with a, and no site of a lies beside one of b.
    /// </summary>
    public bool IsSettled(GridEnergy energy, int a, int b)
    {
        var (atA, atB) = (_with[a], _with[b]);
        if ((atA | atB) == 0)
        {
            return true;
        }

        var plain = energy.IsPlain(a) && energy.IsPlain(b);
        var solved = _solved[(a * _with.Length) + b];
        if (plain ? solved >= _changed[a] && solved >= _changed[b] : solved == _version)
        {
            return true;
        }

        if (!plain || (Around(atA, energy.Cols) & atB) != 0)
        {
            return false;
        }

        if (atA != 0)
        {
            Compare(energy, b);
        }

        if (atB != 0)
        {
            Compare(energy, a);
        }

        return (atA & _cheaper[b]) == 0 && (atB & ~_dearer[a]) == 0;
    }

    /// <summary>The sites above, below, left and right of those given.</summary>
    private ulong Around(ulong sites, int cols) =>
        ((sites & ~_lastColumn) << 1) | ((sites >> 1) & ~_lastColumn) | (cols < MostSites ? (sites << cols) | (sites >> cols) : 0);

    /// <summary>Takes over the result of a swap.</summary>
    public void Set(GridEnergy energy, int a, ulong atA, int b, ulong atB)
    {
        if (_with[a] != atA)
        {
            (_with[a], _with[b]) = (atA, atB);
            _changed[a] = _changed[b] = ++_version;
            Take(energy.Unary(a), atA);
            Take(energy.Unary(b), atB);
        }

        _solved[(a * _with.Length) + b] = _version;
    }

    private void Take(ReadOnlySpan<int> unary, ulong sites)
    {
        for (; sites != 0; sites &= sites - 1)
        {
            var site = BitOperations.TrailingZeroCount(sites);
            _now[site] = unary[site];
        }
    }

    private void Compare(GridEnergy energy, int label)
    {
        if (_seen[label] == _version)
        {
            return;
        }

        var unary = energy.Unary(label);
        var (cheaper, dearer, site) = (0UL, 0UL, 0);
        for (; site + Vector256<int>.Count <= unary.Length; site += Vector256<int>.Count)
        {
            var (then, now) = (Vector256.Create<int>(unary.Slice(site, Vector256<int>.Count)), Vector256.Create(_now, site));
            cheaper |= (ulong)Vector256.LessThan(then, now).ExtractMostSignificantBits() << site;
            dearer |= (ulong)Vector256.GreaterThan(then, now).ExtractMostSignificantBits() << site;
        }

        for (; site < unary.Length; site++)
        {
            cheaper |= (unary[site] < _now[site] ? 1UL : 0) << site;
            dearer |= (unary[site] > _now[site] ? 1UL : 0) << site;
        }

        (_cheaper[label], _dearer[label], _seen[label]) = (cheaper, dearer, _version);
    }
}
