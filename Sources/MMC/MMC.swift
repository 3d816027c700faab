// MMC
