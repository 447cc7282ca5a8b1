using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>The own image's share where boxes are replaced.</summary>
internal static class BoxWeight
{
    /// <summary>0 in the box, 1 outside.</summary>
    /// <param name="boxes">One for all images, or one an image.</param>
    /// <returns>boxes×H×W of float32 on the device of <paramref name="like"/>.</returns>
    public static Tensor Of(IReadOnlyList<CutBox> boxes, int height, int width, Tensor like)
    {
        var weight = new float[boxes.Count * height * width];
        Array.Fill(weight, 1);
        for (var b = 0; b < boxes.Count; b++)
        {
            for (var y = boxes[b].Top; y < boxes[b].Bottom; y++)
            {
                weight.AsSpan((((b * height) + y) * width) + boxes[b].Left, boxes[b].Width).Clear();
            }
        }

        return tensor(weight, [boxes.Count, height, width], device: like.device);
    }
}
