namespace MixPolicy.Trainer.Optimization;

/// <summary>Learning rate and momentum as a function of the step alone.</summary>
public interface ISchedule
{
    /// <summary>The settings of step <paramref name="step"/>, counted from 0; past the last step those of the last step.</summary>
    SgdSettings At(long step);
}
