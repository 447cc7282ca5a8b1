namespace MixPolicy.Mixup;

/// <summary>
/// Which inputs of a batch fill each cell of each output. A cell is filled by one input, or by the mean of two.
/// </summary>
/// <param name="Outputs">Outputs B.</param>
/// <param name="Rows">Cells a column.</param>
/// <param name="Cols">Cells a row.</param>
/// <param name="First">B·rows·cols input numbers in [0, B), row by row.</param>
/// <param name="Second">The other input of each cell; the same as in <paramref name="First"/> where one input fills it.</param>
public sealed record BatchLabelling(int Outputs, int Rows, int Cols, int[] First, int[] Second);
