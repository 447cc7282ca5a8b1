namespace MixPolicy.Mixup.PuzzleSolving;

/// <summary>What PuzzleMix decides about a batch, before any pixel moves.</summary>
/// <param name="Blocks">P.</param>
/// <param name="Mask">The own image's share of each block, B·P·P.</param>
/// <param name="Places">t, places a side that blocks move between; 0 where nothing moves.</param>
/// <param name="OwnMoves">For each of the t·t blocks of each image where it moves to, or <see cref="MaskTransport.Nowhere"/>.</param>
/// <param name="PartnerMoves">The same for each image's partner.</param>
/// <param name="Threads">Most images worked on at once.</param>
internal sealed record PuzzlePlan(int Blocks, float[] Mask, int Places, int[] OwnMoves, int[] PartnerMoves, int Threads);
