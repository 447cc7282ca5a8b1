using Google.Protobuf;

namespace MixPolicy.Cli.Output;

/// <summary>Messages of the contract as JSON, one a line, zeros included.</summary>
internal static class JsonLines
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithFormatDefaultValues(true));

    public static void Write(TextWriter output, IMessage message) => output.WriteLine(Formatter.Format(message));
}
