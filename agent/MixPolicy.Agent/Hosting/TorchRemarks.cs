using MixPolicy.Torch;

namespace MixPolicy.Agent.Hosting;

/// <summary>Tells the log once what is out of the ordinary about TorchSharp's native half here.</summary>
internal static partial class TorchRemarks
{
    public static void Log(ILogger log, TorchRuntimeInfo runtime)
    {
        foreach (var remark in runtime.Remarks)
        {
            Write(log, remark);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Remark}")]
    private static partial void Write(ILogger log, string remark);
}
