namespace Agents.Programs.Mutation;

/// <summary>A program with one mutation.</summary>
/// <param name="Kind">What was changed.</param>
/// <param name="Line">The line of the original that was changed.</param>
/// <param name="Program">The mutated program; it parses and differs from the original, but may behave the same.</param>
public sealed record ProgramMutation(MutationKind Kind, int Line, MiniProgram Program);
