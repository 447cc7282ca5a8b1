namespace MixPolicy.Ppo.Optimisation;

/// <summary>
/// A number that changes over training: initial · r^power, where r goes from 1 (start) to 0 (end). Power 0 is constant, 1 linear, and
/// RL-Mix uses 0.9.
/// </summary>
public sealed record Schedule(double Initial, double Power)
{
    public static Schedule Constant(double value) => new(value, 0);

    public static Schedule Linear(double initial) => new(initial, 1);

    /// <param name="remaining">r: the part of training that is left, 0 to 1.</param>
    public double At(double remaining) => Initial * Math.Pow(remaining, Power);
}
