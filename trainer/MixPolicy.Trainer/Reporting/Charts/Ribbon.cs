namespace MixPolicy.Trainer.Reporting.Charts;

/// <summary>What was done in each epoch, as coloured bands.</summary>
internal static class Ribbon
{
    internal static string Draw(string description, IReadOnlyList<Band> bands, int positions, string xName, double width, double height)
    {
        var frame = new Frame(positions, width, height, description);
        foreach (var band in bands)
        {
            frame.Rect(band.From, band.To, 0, 1, $"class=\"band\" fill=\"{band.Color}\"", band.Tooltip);
        }

        frame.XAxis(xName);
        return frame.Close();
    }
}
