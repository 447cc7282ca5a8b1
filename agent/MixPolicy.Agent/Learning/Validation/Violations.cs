namespace MixPolicy.Agent.Learning.Validation;

/// <summary>Collects what is wrong with one message.</summary>
/// <param name="path">Where the message lies in the request; empty for the request itself.</param>
internal sealed class Violations(string path)
{
    private readonly List<Violation> _list = [];

    public IReadOnlyList<Violation> List => _list;

    public void Add(string field, string value, string allowed) => _list.Add(new(path.Length == 0 ? field : $"{path}.{field}", value, allowed));

    /// <summary>Asks for a number in [low, high]; not-a-number lies in no range.</summary>
    public void Range(string field, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
        {
            Add(field, Violation.Text(value), $"a number in [{Violation.Text(low)}, {Violation.Text(high)}]");
        }
    }

    public void Range(string field, long value, long low, long high)
    {
        if (value < low || value > high)
        {
            Add(field, Violation.Text(value), $"an integer in [{low}, {high}]");
        }
    }

    /// <summary>Asks for a number in (0, high].</summary>
    public void Positive(string field, double value, double high)
    {
        if (!(value > 0 && value <= high))
        {
            Add(field, Violation.Text(value), $"a number in (0, {Violation.Text(high)}]");
        }
    }

    /// <summary>Asks for a finite number above 0.</summary>
    public void Positive(string field, double value)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            Add(field, Violation.Text(value), "a finite number above 0");
        }
    }

    /// <summary>Asks for a finite number that is not negative.</summary>
    public void NotNegative(string field, double value)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            Add(field, Violation.Text(value), "a finite number, at least 0");
        }
    }

    /// <summary>Asks for at most <paramref name="longest"/> characters.</summary>
    public void Length(string field, string value, int longest)
    {
        if (value.Length > longest)
        {
            Add(field, $"{value.Length} characters long", $"at most {longest} characters");
        }
    }

    public void AddAll(IEnumerable<Violation> violations) => _list.AddRange(violations);
}
