namespace Agents.Models.Safetensors;

/// <summary>Sizes of the element types that the format names in its header.</summary>
internal static class SafetensorsTypes
{
    /// <summary>Bytes per element.</summary>
    /// <param name="dataType">The name in the file.</param>
    /// <returns>The size; 0 for unknown types and those below one byte.</returns>
    public static int BytesOf(string dataType) => dataType switch
    {
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" or "F8_E8M0" => 1,
        "U16" or "I16" or "F16" or "BF16" => 2,
        "U32" or "I32" or "F32" => 4,
        "U64" or "I64" or "F64" or "C64" => 8,
        _ => 0,
    };
}
