using System.Globalization;
using System.Text;
using MixPolicy.Client;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Reporting;

/// <summary>Every epoch as a row.</summary>
internal static class EpochTable
{
    internal static string Of(IReadOnlyList<EpochRecord> epochs, int best)
    {
        var rows = new StringBuilder();
        foreach (var epoch in epochs)
        {
            var m = epoch.Metrics;
            rows.Append(CultureInfo.InvariantCulture, $"""
                <tr{(m.Epoch == best ? " class=\"best\"" : "")}><td>{m.Epoch}</td>
                <td class="text"><i class="chip" style="background:{MethodColors.Of(m.Method)}"></i>{HtmlReport.Encode(Choices.Text(epoch.ReadChoice()))}{m.Deviation}</td>
                <td>{HtmlReport.Number(m.PolicyVersion, "0")}</td><td>{m.TrainLoss:0.000}</td><td>{HtmlReport.Number(m.HoldoutLoss, "0.000")}</td><td>{HtmlReport.Number(m.HoldoutTop1, "0.0%")}</td>
                <td>{HtmlReport.Number(m.TestLoss, "0.000")}</td><td>{m.TestTop1:0.0%}</td><td>{m.TestTop5:0.0%}</td><td>{HtmlReport.Number(m.Ece, "0.000")}</td><td>{HtmlReport.Number(m.Reward, "+0.000;−0.000;0.000")}</td>
                <td>{m.LearningRate:0.####}</td><td>{m.SecondsTrain:0.0}</td><td>{m.SecondsSaliency:0.0}</td></tr>
                """);
        }

        return $"""
            <h2>Every epoch</h2>
            <p>The best epoch is marked.</p>
            <div class="card scroll"><table>
            <thead><tr><th>epoch</th><th class="text">choice</th><th>policy</th><th>train loss</th><th>held-out loss</th><th>held-out top-1</th><th>test loss</th><th>test top-1</th><th>test top-5</th><th>ECE</th><th>reward</th><th>rate</th><th>seconds</th><th>saliency</th></tr></thead>
            <tbody>{rows}</tbody></table></div>
            """;
    }
}
