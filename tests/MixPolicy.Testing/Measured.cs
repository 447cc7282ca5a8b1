using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MixPolicy.Testing;

/// <summary>Everything that one meter measures, as a collector would see it.</summary>
public sealed class Measured : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Instrument> _instruments = new();
    private readonly ConcurrentQueue<(Instrument Instrument, double Value, Dictionary<string, object?> Labels)> _values = new();

    public Measured(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                _instruments.Enqueue(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.Start();
    }

    /// <summary>The instruments of the meter, as docs/telemetry.md lists them.</summary>
    public IReadOnlyList<(string Name, string Kind, string Unit)> Definitions => [.. _instruments.Select(instrument => (instrument.Name, KindOf(instrument), instrument.Unit!))];

    /// <summary>Names of the labels that came with an instrument so far.</summary>
    public IEnumerable<string> LabelsOf(string name) => _values.Where(value => value.Instrument.Name == name).SelectMany(value => value.Labels.Keys).Distinct();

    public double Sum(string name, params (string Label, object Value)[] labels) => Of(name, labels).Sum();

    public IReadOnlyList<double> Of(string name, params (string Label, object Value)[] labels) =>
    [
        .. _values
            .Where(value => value.Instrument.Name == name && labels.All(label => label.Value.Equals(value.Labels.GetValueOrDefault(label.Label))))
            .Select(value => value.Value),
    ];

    /// <summary>Reads what is only read when collected.</summary>
    public void Collect() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        nameof(ObservableGauge<>) => "gauge",
        var name => name.ToLowerInvariant(),
    };

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        _values.Enqueue((instrument, value, labels.ToArray().ToDictionary()));
}
