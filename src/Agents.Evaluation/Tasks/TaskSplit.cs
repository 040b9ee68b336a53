namespace Agents.Evaluation.Tasks;

/// <summary>Which part of a family's problems an item belongs to. The hash of its content decides, so the parts cannot overlap.</summary>
public enum TaskSplit
{
    /// <summary>For training; 13 of 16 contents.</summary>
    Train,

    /// <summary>For choosing settings; 1 of 16 contents.</summary>
    Validation,

    /// <summary>For reported numbers; 2 of 16 contents.</summary>
    Test,
}
