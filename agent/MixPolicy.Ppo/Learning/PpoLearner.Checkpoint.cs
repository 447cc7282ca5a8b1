using MixPolicy.Torch.Checkpoints;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Learning;

public sealed partial class PpoLearner
{
    private const string Part = "learner";

    /// <summary>Writes the whole state as the parts <c>learner.safetensors</c> and <c>learner.json</c> of a checkpoint, which may hold other parts.</summary>
    public void Save(CheckpointWriter checkpoint)
    {
        checkpoint.Tensors(Part, Tensors());
        checkpoint.Json(Part, new LearnerState(
            _observations.Description, _actions.Description, Options.NormalizeObservations, Updates, Samples, _adam.Steps, _shuffle.State, _moments.State));
    }

    /// <summary>Takes over the state of a checkpoint. To go on from it is bit-equal on the CPU to never having stopped.</summary>
    /// <exception cref="CheckpointException">It is of another action space, observation space, normalisation or network, or damaged. Nothing has changed.</exception>
    public void Load(CheckpointReader checkpoint)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var state = checkpoint.Json<LearnerState>(Part);
        state.RequireFit(checkpoint.Folder, _observations, _actions, Options.NormalizeObservations);
        var saved = checkpoint.Tensors(Part);
        var own = Tensors();
        if (TensorFit.Difference(own, saved) is { } difference)
        {
            throw new CheckpointException($"{checkpoint.Folder}: {difference}");
        }

        foreach (var (name, tensor) in own)
        {
            tensor.copy_(saved[name]);
        }

        (Updates, Samples, _adam.Steps) = (state.Updates, state.Samples, state.AdamSteps);
        _shuffle.State = state.Shuffle;
        _moments.State = state.Moments;
        _network.Refresh();
    }

    private Dictionary<string, Tensor> Tensors()
    {
        var tensors = _network.Parameters.Views.ToDictionary(parameter => parameter.Name, parameter => parameter.View, StringComparer.Ordinal);
        tensors.Add("adam.first_moment", _adam.FirstMoment);
        tensors.Add("adam.second_moment", _adam.SecondMoment);
        return tensors;
    }
}
