using Google.Protobuf;

namespace MixPolicy.Testing;

/// <summary>What a test needs of a span in an ExportTraceServiceRequest.</summary>
public sealed record OtlpSpan(string Trace, string Id, string Parent, string Name)
{
    // Numbers of fields in opentelemetry/proto/trace/v1/trace.proto: request → ResourceSpans → ScopeSpans → Span.
    private const int ResourceSpans = 1;
    private const int ScopeSpans = 2;
    private const int Span = 2;
    private const int TraceId = 1;
    private const int SpanId = 2;
    private const int ParentId = 4;
    private const int NameOf = 5;

    public static IEnumerable<OtlpSpan> Read(byte[] request) =>
        Fields(request, ResourceSpans).SelectMany(resource => Fields(resource, ScopeSpans)).SelectMany(scope => Fields(scope, Span)).Select(span => new OtlpSpan(
            Hex(span, TraceId), Hex(span, SpanId), Hex(span, ParentId), string.Concat(Fields(span, NameOf).Select(System.Text.Encoding.UTF8.GetString))));

    /// <summary>From this span upwards to the first whose parent is not there.</summary>
    public IReadOnlyList<OtlpSpan> Upwards(IReadOnlyList<OtlpSpan> all)
    {
        var chain = new List<OtlpSpan> { this };
        while (all.FirstOrDefault(span => span.Trace == Trace && span.Id == chain[^1].Parent) is { } parent)
        {
            chain.Add(parent);
        }

        return chain;
    }

    private static string Hex(byte[] message, int field) => string.Concat(Fields(message, field).Select(Convert.ToHexStringLower));

    private static List<byte[]> Fields(byte[] message, int field)
    {
        var (found, input) = (new List<byte[]>(), new CodedInputStream(message));
        while (input.ReadTag() is var tag && tag != 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == field && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                found.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }
}
