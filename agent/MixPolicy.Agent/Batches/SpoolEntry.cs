using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MixPolicy.Ppo.Batches;

namespace MixPolicy.Agent.Batches;

/// <summary>How a run is over for a learner. Written to spools.</summary>
internal enum RunEnding : byte
{
    None = 0,

    /// <summary>It was finished.</summary>
    Finished = 1,

    /// <summary>Its trainer is gone: what it decided is let go of. It may come back and go on with the next batch.</summary>
    Abandoned = 2,
}

/// <summary>One step of a learner, as the spool keeps it.</summary>
/// <param name="Work">Empty where the run has ended.</param>
/// <param name="Batch">The batch decided; without meaning where nothing was.</param>
/// <param name="Draw">What was decided; null where nothing was.</param>
/// <param name="Ending">Whether the run has ended.</param>
internal sealed record SpoolEntry(BatchWork Work, long Batch, BatchDraw? Draw, RunEnding Ending)
{
    /// <summary>Written and read by one machine: numbers lie as they do in its memory.</summary>
    /// <returns>Where the draw is, in the stream below; 0 where there is none.</returns>
    public long Write(BinaryWriter writer)
    {
        writer.Write(Work.Run);
        writer.Write((byte)Ending);
        writer.Write(Work.Progress);
        writer.Write(Work.Rewards.Count);
        foreach (var (batch, rewards, last) in Work.Rewards)
        {
            writer.Write(batch);
            writer.Write(last);
            Write(writer, rewards);
        }

        writer.Write(Draw is not null);
        if (Draw is null)
        {
            return 0;
        }

        writer.Write(Batch);
        writer.Write(Work.Taken is not null);
        writer.Flush();
        var drawn = writer.BaseStream.Position;
        Write(writer, Draw);
        Write(writer, Work.View!);
        return drawn;
    }

    /// <summary>Writes a draw alone: as many bytes for any of as many images.</summary>
    public static void Write(BinaryWriter writer, BatchDraw draw)
    {
        Write(writer, draw.Bins);
        writer.Write(draw.Method ?? -1);
        writer.Write(draw.Version);
        writer.Write(draw.LogProbability);
        writer.Write(draw.Value);
    }

    /// <exception cref="IOException">It ends too early.</exception>
    /// <exception cref="InvalidDataException">It is not what <see cref="Write(BinaryWriter)"/> writes.</exception>
    public static SpoolEntry Read(BinaryReader reader)
    {
        var (run, ending, progress) = (reader.ReadString(), (RunEnding)reader.ReadByte(), reader.ReadDouble());
        var rewards = new BatchEarning[Counted(reader, reader.ReadInt32(), sizeof(long))];
        for (var i = 0; i < rewards.Length; i++)
        {
            var (rewarded, last) = (reader.ReadInt64(), reader.ReadBoolean());
            rewards[i] = new(rewarded, Demanded(ReadNumbers<float>(reader)), last);
        }

        if (!reader.ReadBoolean())
        {
            return new(new(run, rewards, progress, null, null), 0, null, ending);
        }

        var (batch, wasTaken) = (reader.ReadInt64(), reader.ReadBoolean());
        var draw = ReadDraw(reader);
        return new(new(run, rewards, progress, ReadView(reader), wasTaken ? draw : null), batch, draw, ending);
    }

    private static BatchDraw ReadDraw(BinaryReader reader)
    {
        var (bins, method) = (Demanded(ReadNumbers<byte>(reader)), reader.ReadInt32());
        return new(bins, method < 0 ? null : method, reader.ReadInt64(), reader.ReadSingle(), reader.ReadSingle());
    }

    private static void Write(BinaryWriter writer, BatchView view)
    {
        writer.Write(view.Images);
        writer.Write(view.Classes);
        writer.Write(view.Patches);
        Write(writer, view.Saliency);
        Write(writer, view.Logits);
        Write(writer, view.Losses);
        Write(writer, view.Partners);
        writer.Write(view.Lambda ?? float.NaN);
    }

    private static BatchView ReadView(BinaryReader reader)
    {
        var (images, classes, patches) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        var (saliency, logits) = (Demanded(ReadNumbers<float>(reader)), Demanded(ReadNumbers<float>(reader)));
        var (losses, partners, lambda) = (ReadNumbers<float>(reader), ReadNumbers<int>(reader), reader.ReadSingle());
        return new(images, classes, patches, saliency, logits, losses, partners, float.IsNaN(lambda) ? null : lambda);
    }

    private static void Write<T>(BinaryWriter writer, T[]? numbers)
        where T : unmanaged
    {
        writer.Write(numbers?.Length ?? -1);
        writer.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));
    }

    private static T[] Demanded<T>(T[]? numbers) => numbers ?? throw new InvalidDataException("numbers are missing");

    /// <summary>A count of things of at least <paramref name="size"/> bytes each, as many as can follow.</summary>
    private static int Counted(BinaryReader reader, int count, int size)
    {
        var left = reader.BaseStream.Length - reader.BaseStream.Position;
        return count >= 0 && (long)count * size <= left ? count : throw new InvalidDataException($"{count} things of {size} bytes cannot be in {left} bytes");
    }

    private static T[]? ReadNumbers<T>(BinaryReader reader)
        where T : unmanaged
    {
        var count = reader.ReadInt32();
        if (count < 0)
        {
            return null;
        }

        var numbers = new T[Counted(reader, count, Unsafe.SizeOf<T>())];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers;
    }
}
