using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace MixPolicy.Agent.Policies;

/// <summary>
/// The random numbers of one decision: a function of (agent seed, run, interval) and of nothing else, so that a repeat or a replay draws the
/// same. The generator is xoshiro256** (Blackman and Vigna 2018), its state the SHA-256 of the three.
/// </summary>
public sealed class Draws
{
    private readonly ulong[] _state = new ulong[4];

    /// <param name="agentSeed">Seed of the agent.</param>
    /// <param name="run">Name of the run; only its last segment counts, so that an agent of another name repeats the decisions.</param>
    /// <param name="interval">Interval of the run.</param>
    public Draws(ulong agentSeed, string run, int interval)
    {
        var id = Encoding.UTF8.GetBytes(run[(run.LastIndexOf('/') + 1)..]);
        var key = new byte[12 + id.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(key, agentSeed);
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(8), interval);
        id.CopyTo(key, 12);
        var hash = SHA256.HashData(key);
        for (var i = 0; i < _state.Length; i++)
        {
            _state[i] = BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan(8 * i));
        }
    }

    /// <summary>64 random bits: the seed of another generator.</summary>
    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_state[1] * 5, 7) * 9;
        var shifted = _state[1] << 17;
        _state[2] ^= _state[0];
        _state[3] ^= _state[1];
        _state[1] ^= _state[2];
        _state[0] ^= _state[3];
        _state[2] ^= shifted;
        _state[3] = BitOperations.RotateLeft(_state[3], 45);
        return result;
    }

    /// <summary>Uniform on [0, 1), a multiple of 2^-53.</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform on {0, ..., count - 1}.</summary>
    public int NextIndex(int count) => (int)(NextUnit() * count);

    /// <summary>Standard normal (Box and Muller 1958).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextUnit())) * Math.Cos(2 * Math.PI * NextUnit());
}
