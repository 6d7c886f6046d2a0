using System.Globalization;
using DocumentFormat.OpenXml.Packaging;

namespace AiStack.Ingest.Parsing.Archives;

/// <summary>What an Office file says of itself.</summary>
internal static class OfficeProperties
{
    public static void Read(OpenXmlPackage package, ReportBuilder report)
    {
#pragma warning disable OOXML0001 // The SDK calls the type experimental; its properties are those of the format.
        var properties = package.PackageProperties;
#pragma warning restore OOXML0001
        report.Attribute("title", properties.Title ?? "");
        report.Attribute("subject", properties.Subject ?? "");
        report.Attribute("author", properties.Creator ?? "");
        report.Attribute("keywords", properties.Keywords ?? "");
        report.Attribute("description", properties.Description ?? "");
        report.Attribute("created", Text(properties.Created));
        report.Attribute("modified", Text(properties.Modified));
    }

    private static string Text(DateTime? time) =>
        time?.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) ?? "";
}
