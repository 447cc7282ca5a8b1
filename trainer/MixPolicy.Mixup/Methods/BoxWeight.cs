using MixPolicy.Mixup.Blending;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>The own image's share where boxes are replaced.</summary>
internal static class BoxWeight
{
    /// <summary>0 in the box, 1 outside.</summary>
    /// <param name="boxes">One for all images, or one an image.</param>
    /// <returns>boxes×H×W of float32 on the device of <paramref name="like"/>.</returns>
    public static Tensor Of(CutBox[] boxes, int height, int width, Tensor like) => WeightPlanes.Write(boxes.Length, height, width, like, (plane, cells) =>
    {
        var box = boxes[plane];
        cells.Fill(1);
        for (var y = box.Top; y < box.Bottom; y++)
        {
            cells.Slice((y * width) + box.Left, box.Width).Clear();
        }
    });
}
