using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MixPolicy.Agent.Tests.Telemetry;

/// <summary>Everything that one meter measures, as a collector would see it.</summary>
internal sealed class Measured : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(Instrument Instrument, double Value, Dictionary<string, object?> Labels)> _values = new();

    public Measured(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                Instruments.Enqueue(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.Start();
    }

    public ConcurrentQueue<Instrument> Instruments { get; } = [];

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

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        _values.Enqueue((instrument, value, labels.ToArray().ToDictionary()));
}
