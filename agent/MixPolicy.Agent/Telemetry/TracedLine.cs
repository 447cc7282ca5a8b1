using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace MixPolicy.Agent.Telemetry;

/// <summary>A line of the log, with trace and span where it belongs to one.</summary>
internal sealed class TracedLine : ITextFormatter
{
    private const string Start = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {SourceContext} {Message:lj}";
    private const string End = "{NewLine}{Exception}";

    private readonly MessageTemplateTextFormatter _plain = new(Start + End, CultureInfo.InvariantCulture);
    private readonly MessageTemplateTextFormatter _traced = new(Start + " [{TraceId} {SpanId}]" + End, CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output) => (logEvent.TraceId is null ? _plain : _traced).Format(logEvent, output);
}
