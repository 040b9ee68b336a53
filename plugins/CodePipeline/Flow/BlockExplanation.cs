namespace Agents.Plugins.CodePipeline.Flow;

/// <summary>What the explain call says about one block (papers/62 §2, step 4).</summary>
/// <param name="Block">Name of the block, for example <c>B1</c>.</param>
/// <param name="Content">Its source as the model repeated it.</param>
/// <param name="Correct">Whether it does what it should; null where the model did not say.</param>
/// <param name="Explanation">Why.</param>
public sealed record BlockExplanation(string Block, string Content, bool? Correct, string Explanation);
