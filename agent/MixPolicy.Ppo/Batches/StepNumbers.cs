using System.Buffers;
using System.Runtime.InteropServices;
using MixPolicy.Torch.Checkpoints;

namespace MixPolicy.Ppo.Batches;

/// <summary>The numbers of steps, one after another: a rollout of RL-Mix has 16 million, too many for text.</summary>
internal sealed class StepNumbers
{
    private readonly ArrayBufferWriter<byte> _written = new();

    public ReadOnlyMemory<byte> Written => _written.WrittenMemory;

    public BatchStepState Write(BatchStep step)
    {
        float[][] parts = [step.Observation, step.LogProbs, step.Rewards];
        foreach (var part in parts)
        {
            _written.Write(MemoryMarshal.AsBytes(part.AsSpan()));
        }

        return new(step.Run, step.Batch, step.Episode, [.. parts.Select(part => part.Length)], step.Bins, step.Method, step.Value, step.Last, step.NextValue);
    }

    /// <summary>Reads in the order of writing.</summary>
    public sealed class Reader(string folder, byte[] bytes)
    {
        private int _next;

        public BatchStep Read(BatchStepState state)
        {
            if (state.Numbers.Length != 3)
            {
                throw new CheckpointException($"{folder}: a step has {state.Numbers.Length} groups of numbers; needed are 3");
            }

            return new(state.Run, state.Batch, state.Episode, Next(state.Numbers[0]), state.Bins, state.Method, Next(state.Numbers[1]), state.Value)
            {
                Rewards = Next(state.Numbers[2]),
                Last = state.Last,
                NextValue = state.NextValue,
            };
        }

        public void RequireEnd()
        {
            if (_next != bytes.Length)
            {
                throw new CheckpointException($"{folder}: the steps have {_next} bytes of numbers, the checkpoint has {bytes.Length}");
            }
        }

        private float[] Next(int count)
        {
            if (count < 0 || count > (bytes.Length - _next) / sizeof(float))
            {
                throw new CheckpointException($"{folder}: a step has {count} numbers; {(bytes.Length - _next) / sizeof(float)} are left");
            }

            var numbers = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(_next, count * sizeof(float))).ToArray();
            _next += count * sizeof(float);
            return numbers;
        }
    }
}
